"""gridmap: responsibility zones for the merchants of specialised markets."""

__version__ = "0.1.0"
