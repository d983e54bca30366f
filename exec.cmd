@rem The scripts of package.json begin with exec, so that a signal to npm reaches the server; cmd has no exec.
@%*
