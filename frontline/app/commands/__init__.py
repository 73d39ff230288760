"""The commands, one file per family; ``frontline.app.main`` lists them in the order of ``frontline --help``."""
