"The one kind of error that is the book's and not the program's: it says where in the book, what was found, and what is needed."


class BookError(Exception):
    "Something in the book that cannot be rendered as it stands."


def place(
    page: str,  # name of the notebook or page
    cell: int | None = None,  # position of the cell in the notebook, the first is 1
    line: int | None = None,  # line of the cell, the first is 1
) -> str:  # such as `12_normalize.ipynb, cell 7, line 3`
    "The way every message names a place in the book."
    return page + (f", cell {cell}" if cell else "") + (f", line {line}" if line else "")


def one_error(
    problems: list[str],  # a message for each thing that is wrong
) -> BookError:  # an error that lists them all
    "Many problems as one error, so that all can be mended in one go."
    return BookError("\n".join(problems))
