"What must be true of the exports, the outputs, the links, the pages and the figures."
