/** Tag of answers that may be pages, whose references depend on the health of the network. */
export const PAGES_TAG = 'slipstream-page';
