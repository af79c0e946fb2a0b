package org.distbelief.appmaster.web;

import java.io.IOException;
import java.util.Objects;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Serves the page at the root itself, where the server alone would redirect to its own absolute address, which only the
 * proxy may use. Made by the servlet container, hence public.
 */
public final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        Objects.requireNonNull(getServletContext().getRequestDispatcher("/index.html"), "no index.html")
                .forward(request, response);
    }
}
