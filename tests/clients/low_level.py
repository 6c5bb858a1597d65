"""PyKCS11: slots, sessions, objects, a signature and a digest."""

import hashlib
import os
from importlib.metadata import version

import PyKCS11
from PyKCS11 import (
    CKA_CLASS, CKA_LABEL, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT, CKA_SIGN, CKA_TOKEN, CKA_VERIFY, CKF_RW_SESSION,
    CKF_SERIAL_SESSION, CKM_SHA256_RSA_PKCS, CKO_PRIVATE_KEY, CK_FALSE, CK_TRUE,
)

print("PyKCS11", version("PyKCS11"))
library = PyKCS11.PyKCS11Lib()
library.load(os.environ["MODULE"])
slots = library.getSlotList(tokenPresent=True)
(slot,) = [slot for slot in slots if library.getTokenInfo(slot).label.strip() == os.environ["TOKEN"]]
session = library.openSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)
session.login(os.environ["PIN"])
public, private = session.generateKeyPair(
    [(CKA_TOKEN, CK_FALSE), (CKA_VERIFY, CK_TRUE), (CKA_MODULUS_BITS, 2048), (CKA_PUBLIC_EXPONENT, (1, 0, 1)), (CKA_LABEL, "py")],
    [(CKA_TOKEN, CK_FALSE), (CKA_SIGN, CK_TRUE), (CKA_LABEL, "py")],
)
mechanism = PyKCS11.Mechanism(CKM_SHA256_RSA_PKCS)
signature = session.sign(private, b"signed by Python", mechanism)
assert session.verify(public, b"signed by Python", signature, mechanism)
found = session.findObjects([(CKA_CLASS, CKO_PRIVATE_KEY), (CKA_LABEL, "py")])
assert len(found) == 1, found
assert bytes(session.digest(b"abc", PyKCS11.Mechanism(PyKCS11.CKM_SHA256))) == hashlib.sha256(b"abc").digest()
session.logout()
session.closeSession()
print("all is well")
