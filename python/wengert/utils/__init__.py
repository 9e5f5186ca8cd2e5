"""What programs use beside tensors and their derivatives."""
