package io.weir.datapath.policy;

/** How far a port is under the policy: an operator moves a host from plain switch to firewall in three steps. */
public enum PolicyMode {
    /** Not judged: a plain switch. */
    OFF,
    /** Judged and recorded, but what would be denied passes. Labels are enforced all the same. */
    AUDIT,
    /** Judged. */
    ENFORCE
}
