package org.distbelief.conf;

/**
 * Protection of what the job's processes say to each other. That all prove that they belong to the job is no setting.
 *
 * @param encrypt whether their connections are encrypted
 */
public record SecurityConfig(boolean encrypt) {
    static SecurityConfig read(SectionReader section) {
        SecurityConfig config = new SecurityConfig(section.flag("encrypt", false));
        section.finish();
        return config;
    }
}
