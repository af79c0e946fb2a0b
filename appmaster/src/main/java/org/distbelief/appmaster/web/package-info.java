/** The job's web pages, served by the ApplicationMaster behind YARN's proxy: one page and the snapshot as JSON. */
@NullMarked
package org.distbelief.appmaster.web;

import org.jspecify.annotations.NullMarked;
