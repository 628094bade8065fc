// Comforts of the forms of persons; without this script they are plain forms that work as well.

import { searchBoxes } from "./search_box.js";

searchBoxes();
