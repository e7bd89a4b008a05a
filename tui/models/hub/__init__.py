"""Models on a hub or a web server: their repositories, their files, and downloads of them."""
