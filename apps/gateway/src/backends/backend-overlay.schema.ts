import type { ModelDefinition } from '@nestjs/mongoose';
import { Schema, versioned } from '@slipstream/mongo';

/** Changes of one pool's backends at run time. */
export interface BackendOverlayDocument {
  /** Name of the pool. */
  _id: string;
  /** Increases by one with each change. */
  version: number;
  /** JSON of a list, which the balancer interprets. */
  overrides: string;
  updatedAt: Date;
}

const backendOverlaySchema: Schema<BackendOverlayDocument> = new Schema<BackendOverlayDocument>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    overrides: { type: String, required: true },
  },
  { collection: 'backend_overlays', timestamps: { createdAt: false, updatedAt: true }, versionKey: false },
);

export const backendOverlayModel: ModelDefinition = { name: 'BackendOverlay', schema: versioned(backendOverlaySchema) };
