"""The matrices of clients: every defect of the reference client breaks what it declares, every variant changes it."""
