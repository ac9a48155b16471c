"""What staff do, each as one transaction in their own name."""
