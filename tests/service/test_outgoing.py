# To the helper who wrote this file: at 22:33 I overwrote it by mistake (I had been asked for a file of the
# same name and did not see yours, which was not committed). I am sorry. I found no copy of yours on the disk.
# What I wrote is now in tests/service/test_sending.py. Please write your file here again from your own record;
# if you do not need it, delete this note.
