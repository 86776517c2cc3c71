/** Chats whose last ordinal is kept; the one that was used least recently makes room. */
const MAX_CHATS = 10_000;

/**
 * Last ordinals of chats, as this process stored or read them. Others may have stored later ones since: then the unique
 * index refuses the next place, and the caller must {@link forget}.
 */
export class LastOrdinals {
  private readonly ordinals = new Map<string, number>();

  get(chatId: string): number | undefined {
    return this.ordinals.get(chatId);
  }

  set(chatId: string, ordinal: number): void {
    this.ordinals.delete(chatId);
    this.ordinals.set(chatId, ordinal);
    const [oldest] = this.ordinals.keys();
    if (this.ordinals.size > MAX_CHATS && oldest !== undefined) this.ordinals.delete(oldest);
  }

  forget(chatId: string): void {
    this.ordinals.delete(chatId);
  }
}
