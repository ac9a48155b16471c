"""The domain: who may be contacted when, what is remembered for how long, which centre is nearest.

Pure, like `helpline.flow`: no input or output, no clock, no randomness.
"""
