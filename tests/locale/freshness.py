"""Compiled translations that are older than what they were compiled from."""

from tui.i18n import DOMAIN, LOCALE_FOLDER


def compile_outdated() -> None:
    """Compile each catalogue that has changed since it was compiled."""
    for path in LOCALE_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            # Here, since it takes long to import and is seldom needed.
            from tests.locale.catalogues import compile_catalogue

            compile_catalogue(path.parts[-3])
