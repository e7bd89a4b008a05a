"""Names of programs, and the parts of the user's session."""

import pytest

from tui.hardware.program_names import is_session_part, program_name

APPS = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox.scope\n"

SYSTEM = "0::/system.slice/docker.service\n"

CHROME = "/Applications/Google Chrome.app/Contents/"

PYTHON_APP = "/Library/Frameworks/Python.framework/Versions/3.12/Resources/Python.app/Contents/MacOS/Python"

FIREFOX = "/usr/lib/firefox/firefox"


@pytest.mark.parametrize(
    ("name", "path", "arguments", "expected"),
    [
        ("Google Chrome Helper", CHROME + "Frameworks/Helper.app/Contents/MacOS/Helper", (), "Google Chrome"),
        ("Python", PYTHON_APP, ("Python", "serve.py"), "serve.py"),
        ("chrome.exe", r"C:\Program Files\Google\Chrome\Application\chrome.exe", (), "chrome"),
        ("java", "/usr/bin/java", ("java", "-Xmx4g", "-cp", "a.jar", "-jar", "/opt/idea.jar"), "idea.jar"),
        ("node", "/usr/bin/node", ("node", "-e", "while(1);"), "node"),
        ("python3", "/usr/bin/python3.12", ("python3",), "python3.12"),
        ("hidden", "", (), "hidden"),
        ("evil\x1b[2Jname", "", (), "evilname"),
    ],
)
def test_process_is_named_after_its_program(name, path, arguments, expected):
    assert program_name(name, path, arguments) == expected


@pytest.mark.parametrize(
    ("name", "path", "cgroup", "expected"),
    [
        ("zsh", "/bin/zsh", "", True),
        ("Finder", "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder", "", True),
        ("com.apple.WebKit.GPU", "/System/Library/Frameworks/WebKit.framework/x", "", True),
        ("Safari", "/System/Cryptexes/App/System/Applications/Safari.app/Contents/MacOS/Safari", "", False),
        ("explorer", r"C:\Windows\explorer.exe", "", True),
        ("dockerd", "/usr/bin/dockerd", SYSTEM, True),
        ("firefox", FIREFOX, APPS, False),
        ("llmtui", "", "", True),
    ],
)
def test_session_processes_are_distinguished_from_programs(name, path, cgroup, expected):
    assert is_session_part(name, path, cgroup) is expected
