"""Case consultation for the local integrated security cell on radicalism (LIVC R / CSIL R)."""
