package org.distbelief.appmaster.submit;

import org.apache.hadoop.yarn.api.records.ApplicationId;

/** Application ids as users write them. */
final class Applications {
    private Applications() {}

    static ApplicationId id(String text) {
        try {
            return ApplicationId.fromString(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.user(
                    "expected an application id like application_1700000000000_0001, found '" + text + "'");
        }
    }

    static CommandException unknown(String application) {
        return CommandException.user("no such application: " + application
                + "; 'yarn application -list -appStates ALL' or the ResourceManager's page list them");
    }
}
