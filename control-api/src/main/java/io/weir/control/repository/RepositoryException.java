package io.weir.control.repository;

/** The store cannot be used: what, where, value, remedy. What was acknowledged before stays as it was. */
public class RepositoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RepositoryException(String message) {
        super(message);
    }

    public RepositoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
