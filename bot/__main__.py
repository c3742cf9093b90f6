"""The command line: `./parley COMMAND`, the same words as the API. One file a command in bot/command/."""

from bot.command import parley

if __name__ == "__main__":
    parley(prog_name="./parley")
