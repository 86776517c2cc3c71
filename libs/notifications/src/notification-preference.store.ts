import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import { Injectable } from '@nestjs/common';
import { notificationPreferences, type NotificationPreferences } from '@slipstream/contracts';
import { BatchLoader, DatabasePool, Schema, type Model, versioned } from '@slipstream/mongo';

interface PreferenceDocument {
  /** The id of the user. */
  _id: string;
  /** As JSON: names of kinds contain dots, which the database does not allow in field names. */
  preferences: string;
}

const preferenceSchema: Schema<PreferenceDocument> = new Schema<PreferenceDocument>(
  { _id: { type: String, required: true }, preferences: { type: String, required: true } },
  { collection: 'notification_preferences', timestamps: true, versionKey: false },
);

export const preferenceModel: ModelDefinition = { name: 'NotificationPreference', schema: versioned(preferenceSchema) };

/** The notification preferences of users. Users without preferences have the defaults. */
@Injectable()
export class NotificationPreferenceStore {
  /** A worker handles many notifications at the same time. */
  private readonly loader = new BatchLoader<PreferenceDocument>((ids) =>
    this.preferences
      .find({ _id: { $in: ids } })
      .lean<PreferenceDocument[]>()
      .exec(),
  );

  constructor(
    @InjectModel(preferenceModel.name) private readonly preferences: Model<PreferenceDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /** With the webhook's secret. */
  find(userId: string): Promise<NotificationPreferences> {
    return this.pool.run('preference.find', async () => {
      const found = await this.loader.load(userId);
      return notificationPreferences.parse(found ? JSON.parse(found.preferences) : {});
    });
  }

  async replace(userId: string, preferences: NotificationPreferences): Promise<void> {
    const change = { $set: { preferences: JSON.stringify(preferences) } };
    await this.pool.run('preference.replace', () =>
      this.preferences.updateOne({ _id: userId }, change, { upsert: true }),
    );
  }

  async deleteOf(userId: string): Promise<void> {
    await this.pool.run('preference.delete', () => this.preferences.deleteOne({ _id: userId }));
  }
}
