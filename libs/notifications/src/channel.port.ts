/** A rendered notification. */
export interface Notice {
  /** The same for every attempt, so that receivers can detect repeated deliveries. */
  id: string;
  userId: string;
  kind: string;
  /** One line. */
  title: string;
  text: string;
  /** The text as HTML, with all values escaped. */
  html: string;
  /** http or https. */
  url?: string;
  createdAt: Date;
}

/** Contact data of one user. */
export interface Recipient {
  email?: string;
  webhook?: { url: string; secret: string };
}

/** One channel to users. */
export interface Channel {
  /**
   * Delivers, within a bounded time. May be called again for the same notice if the outcome of an attempt was not
   * recorded.
   * @throws DeliveryError
   */
  deliver(notice: Notice, recipient: Recipient): Promise<void>;
  /** Releases its resources. */
  close?(): void;
}
