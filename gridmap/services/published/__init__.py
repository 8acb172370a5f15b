"""What the five accounts say, row by row: the figures here are theirs, apart from the files that places grow from."""
