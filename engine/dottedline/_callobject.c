/* durable_rules 2.0.28 refers to PyEval_CallObject, which CPython 3.13 removed.
 * Loaded with RTLD_GLOBAL before it, this module lends it the symbol. (The
 * engine calls it only for external stores, which this project never sets.)
 * On earlier versions the interpreter has the symbol and this module is empty.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if PY_VERSION_HEX >= 0x030D0000
PyAPI_FUNC(PyObject *) PyEval_CallObject(PyObject *callable, PyObject *args);

PyObject *PyEval_CallObject(PyObject *callable, PyObject *args)
{
    return PyObject_CallObject(callable, args);
}
#endif

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_callobject", NULL, -1, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__callobject(void)
{
    return PyModule_Create(&module);
}
