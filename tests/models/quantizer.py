"""llama.cpp's own quantizer, run dry on files with true shapes and no weights."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

DRY_RUN = """
import ctypes, json, re, sys
import llama_cpp
path, imatrix, names = sys.argv[1], sys.argv[2] == "1", sys.argv[3:]
one = (ctypes.c_float * 1)(1.0)
entries = (llama_cpp.llama_model_imatrix_data * 2)()
entries[0].name, entries[0].data, entries[0].size = b"some", one, 1
said = []
@llama_cpp.llama_log_callback
def hear(level, text, _):
    said.append(text.decode(errors="replace"))
llama_cpp.llama_log_set(hear, ctypes.c_void_p(0))
row = re.compile(r"^\\[ *\\d+/ *\\d+\\] (\\S+) .*?type = +(\\w+), size =.*?(?:\\((\\w+)\\))?$", re.M)
found = {}
for name in names:
    said.clear()
    asked = llama_cpp.llama_model_quantize_default_params()
    asked.dry_run = True
    if imatrix:
        asked.imatrix = entries
    kind = {"F32": "ALL_F32", "MXFP4": "MOSTLY_MXFP4_MOE"}.get(name, "MOSTLY_" + name)
    asked.ftype = getattr(llama_cpp, "LLAMA_FTYPE_" + kind)
    code = llama_cpp.llama_model_quantize(path.encode(), b"/dev/null", ctypes.byref(asked))
    text = "".join(said)
    if code:
        sys.exit(text)
    found[name] = {m[1]: (m[3] or m[2]).upper() for m in row.finditer(text)}
print(json.dumps(found))
"""


def dry_run(path: Path, imatrix: bool, quants: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the type that llama.cpp would give each tensor, by quantization."""
    command = [sys.executable, "-c", DRY_RUN, str(path), str(int(imatrix)), *quants]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)
