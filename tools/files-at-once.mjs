/** How many spec files of whole systems run at once: they mostly wait, and their processes need a core. */
export const FILES_AT_ONCE = 2;
