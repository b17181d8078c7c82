"""The gate before release: whether the printed QR reads, by two decoders, from clean and from worn copies."""
