import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// Without a language zod/mini says "Invalid input" of everything. Whoever shows what a schema says imports this.
z.config(en());
