"""Batches: many applications of one service from a spreadsheet, checked row by row, submitted and paid as one."""
