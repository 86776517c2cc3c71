/** Status that is counted for a client that left before its answer (nginx's number). */
export const CLIENT_LEFT = 499;
