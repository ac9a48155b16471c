"""`python -m helpline` is `helpline`."""

from helpline.cli import main

main()
