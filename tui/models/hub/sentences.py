"""Sentences of failures of downloads, and what to do about them."""

from tui.i18n import N_
from tui.sentences import Table

SENTENCES: Table = {
    # The user's own wishes.
    "hub.offline": N_("HF_HUB_OFFLINE is set, so nothing is downloaded."),
    "hub.unset_offline": N_("Unset it and try again."),
    # Access to the hub.
    "hub.gated": N_("{repository} is gated: its authors want their terms accepted."),
    "hub.accept_terms": N_(
        "Accept them at {page}, create a token at {tokens}, and put it into the environment as HF_TOKEN "
        "or into a file with: hf auth login"
    ),
    "hub.gated_not_granted": N_("{repository} is gated, and your token has no access to it yet."),
    "hub.ask_access": N_(
        "Accept its terms at {page} with the account of the token; some authors answer by hand."
    ),
    "hub.token_refused": N_("The hub does not accept your token."),
    "hub.another_token": N_(
        "Create another at {tokens}; it is read from HF_TOKEN, else from the file that hf auth login writes."
    ),
    "hub.no_repository": N_("There is no repository {repository} on {host}, or it is private."),
    "hub.check_repository": N_("Check the name; for a private one, give a token from {tokens} as HF_TOKEN."),
    "hub.disabled": N_("The hub has disabled {repository}."),
    "hub.take_another": N_("Take another repository of the same model."),
    "hub.no_file_there": N_("The file is not in {repository} any more."),
    "hub.list_files": N_("To list its files: llmtui pull {repository}"),
    "hub.revision_gone": N_("The version of {repository} that was listed is not there any more."),
    "hub.start_again_anew": N_("Start the download again: it then takes the file as it is now."),
    # Repositories.
    "hub.no_gguf": N_("{repository} has no GGUF file."),
    "hub.find_gguf": N_("Look for a repository of the same model with GGUF in its name."),
    "hub.no_quantization": N_("{repository} has no {wanted}."),
    "hub.has_quantizations": N_("It has: {names}."),
    "hub.bad_name": N_("{name} is no name of a repository."),
    "hub.name_forms": N_(
        "Give a name of the catalogue, owner/repository, each with :QUANTIZATION where one is wanted, or a "
        "web address."
    ),
    "hub.impossible_name": N_("{file} cannot be the name of a file on this disk."),
    # Servers and connections.
    "hub.unreachable": N_("{host} cannot be reached ({why})."),
    "hub.no_answer": N_("{host} does not answer."),
    "hub.stalled": N_("{host} has stopped sending."),
    "hub.cut": N_("The connection to {host} broke off."),
    "hub.check_connection": N_("Check the connection and try again."),
    "hub.reconnect_and_go_on": N_(
        "Check the connection and start the download again: it goes on where it stopped."
    ),
    "hub.no_such_host": N_("its name is not known, or there is no network"),
    "hub.connection_refused": N_("nothing answers at its port"),
    "hub.bad_redirect": N_("{host} redirects to an address that is none of the web."),
    "hub.not_http": N_("The answer of {host} is wrong: it breaks the rules of HTTP."),
    "hub.proxy_failed": N_("The proxy fails ({why})."),
    "hub.check_proxy": N_("Check HTTPS_PROXY and HTTP_PROXY."),
    "hub.redirects": N_("{host} redirects in a circle."),
    "hub.bad_address": N_("{address} is no web address."),
    "hub.check_address": N_("Check the address in a browser."),
    "hub.refused": N_("The server answers {status} ({why})."),
    "hub.range_refused": N_("The file on the server is shorter than it was."),
    "hub.server_failure": N_("The server has a failure of its own (status {status})."),
    "hub.too_many_requests": N_("The server asks to wait {seconds:duration}: it got too many requests."),
    "hub.slow_down": N_("The server asks to wait: it got too many requests."),
    "hub.try_later": N_("Try again later."),
    "hub.go_on_later": N_("Start the download again later: it goes on where it stopped."),
    "hub.page_instead": N_("{host} sent a web page in place of the file."),
    "hub.log_in": N_(
        "Open the address in a browser: the network may ask to log in, or the address is that of a page."
    ),
    "hub.compressed": N_("{host} sends the file compressed, so its parts cannot be told."),
    "hub.wrong_part": N_("{host} sends another part of the file than was asked for."),
    "hub.no_length": N_("{host} does not tell how long the file is, so it cannot be sized."),
    "hub.wrong_length": N_(
        "The answer of {host} is wrong: its {header} does not state a possible length of the file."
    ),
    "hub.empty_file": N_("{host} sends an empty file."),
    "hub.unreadable_answer": N_("The hub's answer about {repository} could not be read."),
    "hub.answer_again": N_("Try again later, or take another repository of the same model."),
    "hub.impossible_size": N_("The hub's answer about {repository} states an impossible size of {file}."),
    "hub.fetch_by_hand": N_("Download it with a browser, and give llmtui the path of the file."),
    "hub.changed": N_("{file} has changed on the server during the download."),
    "hub.other_length": N_("{file} is {length:bytes} on the server now, not {expected:bytes}."),
    "hub.wrong_hash": N_("What arrived is not {file} as published: its SHA-256 differs, so it is deleted."),
    "hub.download_again_hash": N_(
        "Start the download again, over another network if it happens twice: something changes the bytes."
    ),
    # The disk.
    "hub.disk_short": N_("The download needs {need:bytes} more in {folder}, where {free:bytes} is free."),
    "hub.disk_full": N_("The disk of {folder} is full."),
    "hub.free_disk_and_go_on": N_("Make room and start the download again: it goes on where it stopped."),
    "hub.unwritable": N_("{folder} cannot be written ({why})."),
    "hub.check_disk": N_("Check the disk and the permissions of the folder."),
    "hub.place_taken": N_("Another file is at {file}, and llmtui did not put it there."),
    "hub.move_away": N_("Move it away and start the download again."),
    "hub.other_source": N_("{file} belongs to a download from another address, {address}."),
    "hub.free_place": N_("Delete, move or cancel that one first."),
    "hub.in_use": N_("Another llmtui is downloading {file}."),
    "hub.wait_for_other": N_("Wait until it has finished, or stop it there."),
}
