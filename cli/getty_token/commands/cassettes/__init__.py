"""What `getty-token cassette ...` does: recordings listed, shown, compared, cleaned, thinned out, made, checked."""
