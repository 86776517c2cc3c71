import type { ChatRemoval } from './chat-removal.js';

/** Something that is kept for people, and forgotten with them. */
interface KeptForPeople {
  deleteOf(userId: string): Promise<void>;
}

/** Removes all that a person leaves behind. */
export class PersonRemoval {
  constructor(
    private readonly chats: ChatRemoval,
    private readonly others: readonly KeptForPeople[],
  ) {}

  async removeAllOf(userId: string): Promise<void> {
    await this.chats.removeAllOf(userId);
    await Promise.all(this.others.map((each) => each.deleteOf(userId)));
  }
}
