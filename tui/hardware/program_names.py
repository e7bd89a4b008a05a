"""Names of programs, and the programs that the user's session is made of."""

import re
from collections.abc import Sequence

from tui.text import clean_line

_INTERPRETER = re.compile(r"(python|pypy|node|nodejs|ruby|perl|java|deno|bun)[\d.]*w?", re.IGNORECASE)
_BUNDLE = re.compile(r"/([^/]+)\.app/")
_TAKES_VALUE = frozenset({"-cp", "-classpath", "--module-path", "-W", "-X", "-r", "--require", "-I"})
"""Options of interpreters whose next argument isn't the script."""

_TERMINALS = """
sh bash zsh fish dash ksh tcsh csh nu xonsh elvish pwsh powershell cmd login sshd sshd-session mosh-server
tmux screen zellij su sudo xterm urxvt rxvt st foot footclient kitty alacritty konsole wezterm wezterm-gui
ghostty terminator tilix yakuake guake ptyxis kgx rio hyper terminal iterm iterm2 warp conhost openconsole
windowsterminal
"""
_DESKTOPS = """
xorg xwayland x sway hyprland weston river niri labwc wayfire i3 openbox xfwm4 xfce4-panel xfdesktop
plasmashell ksmserver cinnamon marco muffin budgie-wm lxpanel lxqt-panel picom compiz enlightenment
finder dock windowserver systemuiserver loginwindow controlcenter notificationcenter
explorer dwm csrss winlogon sihost shellexperiencehost startmenuexperiencehost searchhost ctfmon taskhostw
"""
_SERVICES = """
init launchd pipewire pipewire-pulse wireplumber pulseaudio gdm lightdm sddm ssh-agent gpg-agent
llmtui tui tui.engine.worker
"""
"""Of every session, and llmtui itself in another terminal."""
_SESSION = frozenset((_TERMINALS + _DESKTOPS + _SERVICES).split())
_SESSION_BEGINS = (
    "systemd",
    "dbus",
    "gnome-session",
    "gnome-shell",
    "gnome-terminal",
    "gnome-keyring",
    "mate-session",
    "xfce4-session",
    "xfce4-terminal",
    "xdg-",
    "gvfs",
    "ibus",
    "fcitx",
    "at-spi",
    "kwin",
    "kded",
    "startplasma",
    "mutter",
    "gsd-",
    "tmux",
    "svchost",
    "runtimebroker",
)
_SYSTEM_FOLDERS = ("/usr/libexec/", "/usr/lib/systemd/", "/lib/systemd/", "/usr/sbin/", "/sbin/")
_SYSTEM_SLICES = ("/system.slice/", "/session.slice/")
"""cgroups of system services, and of the desktop's own parts (systemd, "Desktop Environment Integration")."""


def program_name(name: str, path: str, arguments: Sequence[str]) -> str:
    """Return the program a process belongs to: all processes of a browser have one name.

    Args:
        name: as the system has it; a browser's helpers have names of their own there.
        path: of the executable; empty when it is not known.
        arguments: the command line; an interpreter is called after its script.
    """
    bundle = _BUNDLE.search(path)
    if bundle is not None and not _INTERPRETER.fullmatch(bundle[1]):
        return clean_line(bundle[1])
    file = re.split(r"[/\\]", path.removesuffix(" (deleted)"))[-1] or name
    stem = file[:-4] if file.lower().endswith(".exe") else file
    if _INTERPRETER.fullmatch(stem):
        stem = _script(arguments[1:]) or stem
    return clean_line(stem)


def is_session_part(name: str, path: str, cgroup: str) -> bool:
    """True for what must go on running for the user to see and type anything, and for system services."""
    low = name.casefold()
    if low in _SESSION or low.startswith(_SESSION_BEGINS) or path.startswith(_SYSTEM_FOLDERS):
        return True
    # Apple's own agents are no applications; those that are have a bundle.
    if path.startswith("/System/") and "/Applications/" not in path:
        return True
    return any(part in cgroup for part in _SYSTEM_SLICES)


def _script(arguments: Sequence[str]) -> str:
    """Return an interpreter's script: the module after -m, the archive after -jar, else the first file."""
    skip = False
    for position, argument in enumerate(arguments):
        if skip:
            skip = False
        elif argument in ("-m", "-jar"):
            return _last_part(arguments[position + 1]) if position + 1 < len(arguments) else ""
        elif argument in ("-c", "-e", "--eval"):
            return ""
        elif argument in _TAKES_VALUE:
            skip = True
        elif not argument.startswith("-"):
            return _last_part(argument)
    return ""


def _last_part(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]
