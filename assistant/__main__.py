"""`python -m assistant`: the `briefing` command without its script."""

from assistant.commands import main

if __name__ == "__main__":
    main()
