/** A notification in words, as a template made them. */
export interface Notice {
  /** The same at every try: receivers tell a repeated delivery by it. */
  id: string;
  userId: string;
  kind: string;
  /** One line. */
  title: string;
  text: string;
  /** The text as HTML, with everything in it escaped. */
  html: string;
  /** http or https. */
  url?: string;
  createdAt: Date;
}

/** How to reach one person. */
export interface Recipient {
  email?: string;
  webhook?: { url: string; secret: string };
}

/** One way to reach people. */
export interface Channel {
  /**
   * Delivers, within a bounded time. May be called again for the same notice when the outcome of a try was not
   * recorded.
   * @throws DeliveryError
   */
  deliver(notice: Notice, recipient: Recipient): Promise<void>;
  /** Lets go of what it holds. */
  close?(): void;
}
