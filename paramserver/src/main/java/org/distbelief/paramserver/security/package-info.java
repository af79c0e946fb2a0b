/**
 * Who may speak with whom: a job's secret, and connections whose both ends have proved that they know it. Everything
 * between the processes of a job goes through {@link org.distbelief.paramserver.security.WireSecurity}.
 */
@NullMarked
package org.distbelief.paramserver.security;

import org.jspecify.annotations.NullMarked;
