"What a page gets whoever rendered it: twins in Markdown, notebooks to download, README, formulas."
