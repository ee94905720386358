"""Pictures of figures: pure functions from numbers and words to SVG and Vega-Lite.

Every picture carries a text that states what it shows; colours come from the page's style sheet.
"""
