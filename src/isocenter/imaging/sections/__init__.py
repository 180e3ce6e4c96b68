"""Registration of sections: one slide's place on another, by what hematoxylin shows of both."""
