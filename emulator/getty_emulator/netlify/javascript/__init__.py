"""
The site's own functions, in JavaScript and TypeScript, as they are: run in Node processes that the emulator starts.

    functions.py   the functions of a site: one is found, an instance answers, the answer is worded (wording.py)
      registry.py    what lies in the functions folder, kept up to date; who answers where
        discovery.py   which files are functions
        declared.py    what a function says of itself; patterns.py is its `path`, scheduled.py its `schedule`
      instances.py   the warm instances of one function: which of them takes a call
        worker.py      one instance: a Node process
          link.py        messages to it and from it
          budget.py      the time and memory that a call may take
          host/          what runs in it, before and around the site's code
      warden.py      ends what is left when the emulator is killed
      failures.py    what can go wrong, as Netlify words it
    upcalls.py     a function's requests for Getty
    blobs.py       Netlify Blobs on disk, and the server for them
"""
