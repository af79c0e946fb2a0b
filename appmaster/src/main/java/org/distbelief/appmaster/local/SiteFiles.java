package org.distbelief.appmaster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/** Writes the configuration of the local cluster: the clients' in one directory, each NodeManager's addition below. */
final class SiteFiles {
    private final LocalClusterLayout layout;
    private final Path hadoopLib;
    private final ClusterFacts facts;
    private final String user;
    private final SiteTemplates templates;

    SiteFiles(LocalClusterLayout layout, Path hadoopLib, ClusterFacts facts, String user, SiteTemplates templates) {
        this.layout = layout;
        this.hadoopLib = hadoopLib;
        this.facts = facts;
        this.user = user;
        this.templates = templates;
    }

    /** The directory whose yarn-site.xml a NodeManager reads, counted from 1. */
    static Path nodeDirectory(LocalClusterLayout layout, int node) {
        return layout.conf().resolve("nodemanager-" + node);
    }

    void write() throws IOException {
        Map<String, String> words = words();
        Files.createDirectories(layout.conf());
        for (String file : SiteTemplates.CLIENT_FILES) {
            SiteTemplates.writeXml(layout.conf().resolve(file), site(file, words));
        }
        SiteTemplates.writeXml(
                layout.conf().resolve("capacity-scheduler.xml"), templates.properties("capacity-scheduler.xml", words));
        for (String file : new String[] {"log4j.properties", "daemon-log4j.properties", "zoo.cfg"}) {
            Files.writeString(layout.conf().resolve(file), templates.text(file, words));
        }
        for (int node = 1; node <= facts.nodeManagers(); node++) {
            SiteTemplates.writeXml(nodeDirectory(layout, node).resolve("yarn-site.xml"), nodeSite(node, words));
        }
    }

    /** One of the clients' site files. */
    SortedMap<String, String> site(String file, Map<String, String> words) {
        SortedMap<String, String> site = templates.properties(file, words);
        if (facts.historyServer() && (file.equals("mapred-site.xml") || file.equals("yarn-site.xml"))) {
            site.putAll(templates.properties("history-site.xml", words));
        }
        return site;
    }

    /** The yarn-site.xml of one NodeManager. */
    SortedMap<String, String> nodeSite(int node, Map<String, String> words) {
        String name = "nodemanager-" + node;
        Map<String, String> nodeWords = new HashMap<>(words);
        for (String port : new String[] {"rpc", "localizer", "web"}) {
            nodeWords.put("node." + port, Integer.toString(facts.port(name + "." + port)));
        }
        nodeWords.put("node.data", layout.data().resolve(name).toString());
        nodeWords.put(
                "node.logs", layout.logs().resolve("containers").resolve(name).toString());
        SortedMap<String, String> site = site("yarn-site.xml", words);
        site.putAll(templates.properties("nodemanager-site.xml", nodeWords));
        return site;
    }

    /** What the words of the templates stand for. */
    Map<String, String> words() {
        Map<String, String> words = new HashMap<>();
        facts.ports().forEach((name, port) -> words.put(name, Integer.toString(port)));
        words.put("user", user);
        words.put("conf", layout.conf().toString());
        words.put("lib", hadoopLib.toString());
        words.put("data", layout.data().toString());
        words.put("data.uri", uri(layout.data()));
        words.put("node.memory", Integer.toString(facts.nodeMemoryMb()));
        words.put("node.vcores", Integer.toString(facts.nodeVcores()));
        return words;
    }

    private static String uri(Path directory) {
        String uri = directory.toUri().toString();
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }
}
