"""
Every benchmark, one after the other: half an hour. Each can be run on its own and says at its top what it measures.

    python tests/benchmarks/run.py
"""

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    for name in ("cli", "searches", "engine", "outages", "server", "functions"):
        print(f"\n# {name}\n", flush=True)
        subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py"))], check=True)
