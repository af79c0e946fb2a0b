package org.distbelief.appmaster.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Supplier;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SnapshotJson;

/** Serves the job's snapshot as JSON, fresh for each request. Made by the servlet container, hence public. */
public final class JobServlet extends HttpServlet {
    /** Name of the context attribute that holds the {@code Supplier<JobSnapshot>}. */
    static final String SNAPSHOT = "distbelief.snapshot";

    private static final long serialVersionUID = 1L;

    private final transient SnapshotJson json = new SnapshotJson();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Supplier<?> supplier = (Supplier<?>)
                Objects.requireNonNull(getServletContext().getAttribute(SNAPSHOT), "no snapshot in the context");
        byte[] body = json.write((JobSnapshot) Objects.requireNonNull(supplier.get(), "no snapshot"))
                .getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json; charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
