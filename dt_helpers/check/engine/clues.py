"""What an exception in a student's function means, by what is in its type and text."""

_TRUTH = (
    "`if`, `while`, `and`, `not`, `in` and `max` need a single True or False, and get a whole array here: `np.where`, "
    "`torch.where` or a mask decide for each element."
)
_MASK_INDEX = (
    "An index consists of whole numbers, or of True and False: `mask > 0` turns a mask of numbers into the latter, and "
    "`n // 2` is a whole number where `n / 2` is none."
)
_EMPTY = "Nothing is left there, with these inputs: what does the exercise ask for then?"
_NOTHING = (
    "zero-size array",
    "empty sequence",
    "iterable argument is empty",
    "with size 0",
    "empty array is ambiguous",
    "Tensor with no values is ambiguous",
)
_LIBRARY = "There is no such library here: is its name spelt right? numpy and torch are enough."
_OUTSIDE = "An index or axis lies outside what there is: count from zero, and print the shape."
_GRADIENT = (
    "This tensor carries a gradient, which numpy can't: stay in torch. Where nothing is learned, compute inside "
    "`torch.no_grad()`, or `.detach()` it first."
)
_NONE = (
    "Something is None there: what a function without `return` gives, or a method that works in place, or a name that "
    "still has the None that it began with?"
)
CLUES = (  # what is in an exception's type and text, and what it means
    (
        "RecursionError",
        "The function calls itself, each time inside the call before, and Python allows about 1000 such calls. Does it "
        "ever stop? An episode has 1000 steps, and a loop has no such limit.",
    ),
    ("ModuleNotFoundError", _LIBRARY),
    ("No module named", _LIBRARY),
    ("name 'self' is not defined", "This is a plain function, not a method: all that it needs is in its arguments."),
    ("value of an array with more than one element is ambiguous", _TRUTH),
    ("value of Tensor with more than one value is ambiguous", _TRUTH),
    ("tensors used as indices must be", _MASK_INDEX),
    ("arrays used as indices must be", _MASK_INDEX),
    ("only integers, slices", _MASK_INDEX),
    ("slices, not tuple", "A list has one index at a time: `x[i][j]`, or make an array or a tensor of it first."),
    ("indices must be integers", _MASK_INDEX),
    ("as a data type", "The shape is one argument: `np.zeros((rows, columns))`, with two pairs of parentheses."),
    ("must be tuple of Tensors", "`stack` and `cat` take all tensors as one list: `torch.stack([x, y], dim=...)`."),
    (
        "required positional argument",
        "A tuple that is passed as it is counts as one argument; with `*` before it, each of "
        "its parts does. Or count the arguments.",
    ),
    ("required keyword-only argument", "Count the arguments of that call, and look up what each of them is called."),
    ("unexpected keyword argument", "Look up what the arguments of that function are called."),
    (
        "number of dimensions in the tensor input does not match",
        "You have to name as many axes as the tensor has: print its shape before that line.",
    ),
    ("NoneType", _NONE),
    ("is not iterable", "Several values are expected there, and one came: print it before that line."),
    ("to unpack", "Count the names and the values that they stand for."),
    ("must match the size of tensor", "Two shapes don't fit together: an axis may have to be added with `unsqueeze`."),
    ("could not be broadcast", "Two shapes don't fit together: print both before that line."),
    ("view size is not compatible", "`view` needs one uninterrupted block of memory; `reshape` doesn't."),
    ("Can't call numpy()", _GRADIENT),
    ("is invalid for input of size", "The numbers don't fill that shape: print the shape before the reshape."),
    ("cannot reshape array", "The numbers don't fill that shape: print the shape before the reshape."),
    ("Sizes of tensors must match", "All but the joined axis must agree: print the shapes that you join."),
    ("only one element tensors", "This gets a whole tensor, not a single number: work on all of it at once."),
    ("can be converted to", "This gets a whole array, not a single number: work on all of it at once."),
    *((text, _EMPTY) for text in _NOTHING),
    ("out of range", _OUTSIDE),
    ("out of bounds", _OUTSIDE),
    ("is not defined", "Was the name imported, and the cell that defines it run? Check its spelling."),
    ("could not infer output dtype", "Integers have no mean: make them float first."),
    ("is not subscriptable", "What stands before the square brackets has no parts: is it a number, or a function?"),
)


LOSS_MADE = (
    "`nn.MSELoss` is a class: create the loss first, `nn.MSELoss()`, and call that with the two tensors. "
    "Or use the function `nn.functional.mse_loss`."
)
