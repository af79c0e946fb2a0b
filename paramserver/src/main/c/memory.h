/* Memory that another process of the same user on this machine can map, and nobody can make smaller. */
#pragma once

/* A file descriptor of so many bytes, all 0 and had already; or -errno. */
int sealed_memory(const char *name, long bytes);

/* Where it is mapped, readable and writable; NULL where it can't be. */
void *map_memory(int descriptor, long bytes);

/* Gives the memory back to the system, also where others still have it mapped, and closes the descriptor. */
void free_memory(int descriptor, void *mapped, long bytes);

/* Copies to memory that nobody will read soon: it is not brought into the caches first. */
void copy_past_cache(char *to, const char *from, long bytes);
